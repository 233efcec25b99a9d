"""The landscape: its widget, its still picture, its answers and its view."""
