# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Benchmarks: ``./dev bench [name …] [--scale N]`` runs bench/bench_<name>.py.

Each has a function ``run(env, scale)`` that prints one line per figure, "name value unit". It
works on a copy of the template database, which is dropped afterwards.
"""
