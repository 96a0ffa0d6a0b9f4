"""Countries and states as Amazon writes them, found among Odoo's.

Amazon passes on what buyers type: accents, dots, codes, local names.
"""

import re
import unicodedata

# What is no ISO code, but is written for one.
COUNTRY_CODES = {"UK": "GB", "EL": "GR"}

# Words around a state's name that say no more than that it is one.
_FILLERS = {
    "ca": ("province of",),
    "gb": ("greater", "county of", "county", "co", "city of"),
    "ie": ("county", "co", "contae"),
    "it": ("provincia di", "citta metropolitana di"),
    "es": ("provincia de", "comunidad de", "principado de", "islas", "illes"),
    "mx": ("estado de",),
    "us": ("state of", "commonwealth of"),
    "br": ("estado de", "estado do", "estado da"),
}

# Local names that none of these rules leads to Odoo's name: {country: {name: code}}.
_ALIASES = {
    "au": {"capital territory": "ACT"},
    "ca": {
        "colombie britannique": "BC",
        "ile du prince edouard": "PE",
        "nouveau brunswick": "NB",
        "nouvelle ecosse": "NS",
        "newfoundland": "NL",
        "terre neuve et labrador": "NL",
        "territoires du nord ouest": "NT",
        "territoire du yukon": "YT",
        "yukon territory": "YT",
        "pq": "QC",
        "nf": "NL",
    },
    "de": {
        "nrw": "DE-NW",
        "thueringen": "DE-TH",
        "baden wuerttemberg": "DE-BW",
        "bavaria": "DE-BY",
        "hesse": "DE-HE",
        "lower saxony": "DE-NI",
        "north rhine westphalia": "DE-NW",
        "rhineland palatinate": "DE-RP",
        "saxony": "DE-SN",
        "saxony anhalt": "DE-ST",
        "thuringia": "DE-TH",
    },
    "es": {
        "baleares": "PM",
        "balears": "PM",
        "la coruna": "C",
        "vizcaya": "BI",
        "guipuzcoa": "SS",
        "alava": "VI",
        "navarra": "NA",
        "tenerife": "TF",
        "gran canaria": "GC",
    },
    "in": {
        "orissa": "OD",
        "pondicherry": "PY",
        "uttaranchal": "UK",
        "chhattisgarh": "CG",
        "new delhi": "DL",
        "jammu kashmir": "JK",
    },
    "mx": {
        "cdmx": "CMX",
        "df": "CMX",
        "distrito federal": "CMX",
        "edomex": "MEX",
        "estado de mexico": "MEX",
        "edo mex": "MEX",
        "edo de mexico": "MEX",
        "nl": "NLE",
        "bc": "BCN",
        "slp": "SLP",
        "q roo": "ROO",
    },
    "us": {
        "washington dc": "DC",
        "washington d c": "DC",
        "d c": "DC",
        "n carolina": "NC",
        "s carolina": "SC",
        "w virginia": "WV",
        "n dakota": "ND",
        "s dakota": "SD",
    },
    "jp": {
        "hokkaido": "JP-01",
        "tokyo": "JP-13",
        "tokyo to": "JP-13",
        "kanagawa": "JP-14",
        "saitama": "JP-11",
        "chiba": "JP-12",
        "aichi": "JP-23",
        "kyoto": "JP-26",
        "osaka": "JP-27",
        "hyogo": "JP-28",
        "hiroshima": "JP-34",
        "fukuoka": "JP-40",
        "okinawa": "JP-47",
    },
}


def squeeze(text):
    """Return a text without accents, case, punctuation and doubled spaces."""
    # What has no form without its mark: ß, ø, ł, ı.
    text = text.casefold().translate(_PLAIN_LETTERS)
    parts = unicodedata.normalize("NFKD", text)
    bare = "".join(sign for sign in parts if not _is_accent(sign))
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFC", bare)))


_PLAIN_LETTERS = str.maketrans({"ø": "o", "ł": "l", "ı": "i", "đ": "d", "æ": "ae"})
# The signs that make another letter of Japanese are no accents.
_VOICED_SIGNS = "\u3099\u309a"


def _is_accent(sign):
    return unicodedata.combining(sign) and sign not in _VOICED_SIGNS


class Places:
    """Finds countries and states; each country's states are read once.

    :param env: where they are looked up
    :param country_codes: Amazon's codes of all addresses that are asked for
    """

    def __init__(self, env, country_codes):
        codes = {get_country_code(code) for code in country_codes if code}
        countries = env["res.country"].search([("code", "in", list(codes))])
        self._none = env["res.country"]
        self._countries = countries.grouped("code")
        self._states = {}

    def get_country(self, code):
        """Return the country of Amazon's code, empty when Odoo has none."""
        return self._countries.get(get_country_code(code), self._none)

    def find_state(self, country, name):
        """Return the ``res.country.state`` that a name or code means, or none."""
        wanted = squeeze(name)
        none = country.state_ids.browse()
        if not (country and wanted):
            return none
        code = country.code.lower()
        names = self._get_names(country)
        for candidate in _get_spellings(code, wanted):
            if state := names.get(candidate):
                return state
        # "Veracruz de Ignacio de la Llave": Odoo has the short name.
        short = wanted.partition(" de ")[0]
        return names.get(short, none) if code in ("mx", "es", "br") else none

    def is_country(self, country, name):
        """Whether a state's name says the country again, as that of Puerto Rico."""
        return squeeze(name) in (
            squeeze(country.code or ""),
            squeeze(country.name or ""),
        )

    def _get_names(self, country):
        """Return ``{squeezed name or code: state}`` of a country."""
        if country not in self._states:
            names = {}
            for state in country.state_ids:
                # "Illes Balears (Islas Baleares)", "Araba/Álava"
                for part in re.split(r"[/()]", state.name):
                    names.setdefault(squeeze(part), state)
                names[squeeze(state.name)] = state
            for state in country.state_ids:
                names[squeeze(state.code)] = state
            by_code = country.state_ids.grouped("code")
            for alias, code in _ALIASES.get(country.code.lower(), {}).items():
                if code in by_code:
                    names.setdefault(alias, by_code[code])
            names.pop("", None)
            self._states[country] = names
        return self._states[country]


def get_country_code(code):
    """Return the ISO code of what Amazon calls a country."""
    return COUNTRY_CODES.get(code.upper(), code.upper())


def _get_spellings(country_code, wanted):
    """Yield what a squeezed name may be among a country's states, likeliest first."""
    yield wanted
    # "US-FL", and Odoo's own "JP-13"
    yield f"{country_code} {wanted}"
    yield wanted.removeprefix(f"{country_code} ")
    fillers = _FILLERS.get(country_code, ())
    bare = wanted
    for filler in fillers:
        bare = bare.removeprefix(f"{filler} ").removesuffix(f" {filler}")
        yield bare
    # Odoo's own name may have another one: "Co. Durham" is its "County Durham".
    yield from (f"{filler} {bare}" for filler in fillers)
    # "B.C.", "N S W"
    yield wanted.replace(" ", "")
