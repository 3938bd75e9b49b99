"""The program that these tests are about: `takt`, from the command line of whichever of them runs."""

import argparse
import os
import sys
import unittest

takt = None  # its path, once main has begun


def main():
    """Takes --takt off the command line and leaves the rest to unittest."""
    global takt
    parser = argparse.ArgumentParser()
    parser.add_argument("--takt", required=True)
    options, rest = parser.parse_known_args()
    takt = os.path.abspath(options.takt)
    unittest.main(argv=[sys.argv[0], *rest])
