"""A pytest plugin: the addon tests that are for the loop while working."""


def pytest_addoption(parser):
    parser.addoption(
        "--first-of-file",
        action="store_true",
        help="take one test of each file",
    )


def pytest_collection_modifyitems(config, items):
    from odoo.tests import HttpCase

    only_first = config.getoption("--first-of-file")
    seen = set()
    kept, left_out = [], []
    for item in items:
        cls = getattr(item, "cls", None)
        with_server = cls is not None and issubclass(cls, HttpCase)
        if with_server or (only_first and item.path in seen):
            left_out.append(item)
        else:
            kept.append(item)
            seen.add(item.path)
    items[:] = kept
    config.hook.pytest_deselected(items=left_out)
