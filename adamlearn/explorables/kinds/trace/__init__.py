"""The trace: its widget, its still picture, its answers and its view."""
