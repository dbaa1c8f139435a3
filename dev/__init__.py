"""Provisions, starts and tests sop_bridge with nothing but the machine's Python.

Only the standard library is used here, because this code runs before anything is installed.
"""
