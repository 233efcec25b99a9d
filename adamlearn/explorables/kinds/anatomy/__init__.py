"""The anatomy of a step: its widget, its still picture, its answers and its view."""
