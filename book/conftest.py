"""How nbval runs the notebooks: with the backend that shows figures."""

import os

os.environ["MPLBACKEND"] = (
    "module://matplotlib_inline.backend_inline"  # the kernels inherit it
)
