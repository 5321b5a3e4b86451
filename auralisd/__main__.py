"""`python -m auralisd` is `auralisd`."""

from auralisd.cli import main

if __name__ == "__main__":
    main()
