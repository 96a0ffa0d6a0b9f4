"""What Amazon's shops call the attributes by which the members of a family differ.

Amazon's data names them in English identifiers (``color``, ``apparel_size``). Its shops
show them in their own language; those of the usual themes stand here, any other one is
shown as its identifier reads.
"""

_WORDS = {
    "color": {
        "de": "Farbe",
        "es": "Color",
        "fr": "Couleur",
        "it": "Colore",
        "ja": "色",
        "nl": "Kleur",
        "pl": "Kolor",
        "pt": "Cor",
        "sv": "Färg",
        "tr": "Renk",
    },
    "flavor": {
        "de": "Geschmack",
        "es": "Sabor",
        "fr": "Goût",
        "it": "Gusto",
        "ja": "味",
        "nl": "Smaak",
        "pl": "Smak",
        "pt": "Sabor",
        "sv": "Smak",
        "tr": "Tat",
    },
    "material": {
        "de": "Material",
        "es": "Material",
        "fr": "Matériau",
        "it": "Materiale",
        "ja": "素材",
        "nl": "Materiaal",
        "pl": "Materiał",
        "pt": "Material",
        "sv": "Material",
        "tr": "Malzeme",
    },
    "pattern": {
        "de": "Muster",
        "es": "Patrón",
        "fr": "Motif",
        "it": "Motivo",
        "ja": "柄",
        "nl": "Patroon",
        "pl": "Wzór",
        "pt": "Padrão",
        "sv": "Mönster",
        "tr": "Desen",
    },
    "scent": {
        "de": "Duft",
        "es": "Aroma",
        "fr": "Parfum",
        "it": "Profumo",
        "ja": "香り",
        "nl": "Geur",
        "pl": "Zapach",
        "pt": "Aroma",
        "sv": "Doft",
        "tr": "Koku",
    },
    "size": {
        "de": "Größe",
        "es": "Talla",
        "fr": "Taille",
        "it": "Taglia",
        "ja": "サイズ",
        "nl": "Maat",
        "pl": "Rozmiar",
        "pt": "Tamanho",
        "sv": "Storlek",
        "tr": "Beden",
    },
    "style": {
        "de": "Stil",
        "es": "Estilo",
        "fr": "Style",
        "it": "Stile",
        "ja": "スタイル",
        "nl": "Stijl",
        "pl": "Styl",
        "pt": "Estilo",
        "sv": "Stil",
        "tr": "Stil",
    },
}


def get_attribute_names(identifiers, language):
    """Return what to call the attributes of one theme, each differently.

    :param identifiers: Amazon's, each once, such as ``["color", "apparel_size"]``
    :param str language: of the shop, such as ``"de_DE"``
    """
    names = []
    for identifier in identifiers:
        name = _get_usual_name(identifier, language)
        if name in names:
            name = _spell_out(identifier)
        names.append(identifier if name in names else name)
    return names


def _get_usual_name(identifier, language):
    word = identifier.rsplit(".", 1)[-1].removesuffix("_name")
    if word.endswith("_size"):
        # Of clothing: apparel_size, footwear_size and so on.
        word = "size"
    translations = _WORDS.get(word, {})
    return translations.get(language[:2]) or _spell_out(word or identifier)


def _spell_out(identifier):
    words = identifier.replace(".", " ").replace("_", " ").split()
    return " ".join(words).capitalize() or identifier
