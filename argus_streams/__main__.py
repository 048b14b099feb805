"""`python -m argus_streams`: the command line, also where no script is on the PATH."""

from argus_streams.cli import main

main(prog_name="argus")
