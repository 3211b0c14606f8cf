"""`python -m vitral`: the `vitral` command where the folder of scripts is not on the search path."""

from vitral.cli import main

if __name__ == "__main__":
    main()
