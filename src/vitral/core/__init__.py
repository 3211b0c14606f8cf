"""Variables, random streams, names and registries: what every room above is built from."""
