"""script/rooms: print the rooms of the addon and the imports between them."""

import argparse

from host.errors import run_main
from host.rooms import find_imports, find_violations


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="script/rooms",
        description="Print the rooms of the addon and the imports between them; "
        "fail when one goes against the directions.",
    )
    parser.add_argument(
        "--files", action="store_true", help="name the files that import"
    )
    arguments = parser.parse_args()
    imports = find_imports()
    for room, others in imports.items():
        print(f"{room:12} ->  {', '.join(sorted(others)) or 'nothing'}")
        for other, files in sorted(others.items()) if arguments.files else ():
            print(f"{'':12}     {other}: {', '.join(files)}")
    violations = find_violations(imports)
    for sentence in violations:
        print(f"error: {sentence}")
    return int(bool(violations))


if __name__ == "__main__":
    run_main(main)
