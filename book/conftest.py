"""How nbval runs the notebooks: with the backend that shows figures, whatever the environment names."""

import os

os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"  # the kernels inherit it
