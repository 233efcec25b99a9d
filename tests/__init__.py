"""The tests. Most run over every optimizer: ``optimizers_table`` lists them, ``conftest`` hands them out."""
