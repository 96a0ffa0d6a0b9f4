"""script/readme: make the addons' descriptions and CHANGELOG.md, or check them."""

import argparse

from host.errors import HostError, run_main
from host.paths import REPOSITORY
from host.readme import build, outdated


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="script/readme",
        description="Make README.rst, index.html and CHANGELOG.md from the fragments.",
    )
    parser.add_argument(
        "--check", action="store_true", help="only say whether the files are current"
    )
    arguments = parser.parse_args()
    old = outdated()
    names = ", ".join(str(path.relative_to(REPOSITORY)) for path in old)
    if arguments.check and old:
        raise HostError(f"not what the fragments say, run script/readme: {names}")
    texts = build()
    for path in old:
        path.write_text(texts[path])
    print(f"Written: {names}" if old else "All current.")


if __name__ == "__main__":
    run_main(main)
