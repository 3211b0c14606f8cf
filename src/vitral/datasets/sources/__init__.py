"""Where data comes from: copies on this machine, official addresses, packages that carry the same bytes."""
