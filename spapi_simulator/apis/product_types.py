"""Product Type Definitions API 2020-09-01: the simulated product types."""

from urllib.parse import urlencode

from ..errors import invalid_input, not_found, unauthorized
from ..operations import Operation
from ..parameters import Parameter
from ..schemas import VERSION, checksum, meta_schema, product_type_schema
from ..store.article_words import FAMILIES
from ..store.articles import PRODUCT_TYPES as TYPES_OF_NOUNS
from ..store.attribute_schemas import ATTRIBUTES, PRODUCT_TYPES, REQUIRED
from .orders import check_marketplaces

_LOCALES = (
    "DEFAULT ar ar_AE de de_DE en en_AE en_AU en_CA en_GB en_IN en_SG en_US es es_ES "
    "es_MX es_US fr fr_CA fr_FR it it_IT ja ja_JP nl nl_NL pl pl_PL pt pt_BR pt_PT sv "
    "sv_SE tr tr_TR zh zh_CN zh_TW"
)
_GROUPS = {
    "product_identity": "Product Identity",
    "product_details": "Product Details",
    "offer": "Offer",
    "images": "Images",
    "variations": "Variations",
}


def search_definitions_product_types(simulator, call):
    """searchDefinitionsProductTypes: product types by keywords or by an item name."""
    query = call.query
    check_marketplaces(call.account, query["marketplaceIds"])
    if query["keywords"] and query["itemName"]:
        raise invalid_input("keywords must not be provided together with itemName.")
    found = [
        {
            "name": name,
            "displayName": display_name,
            "marketplaceIds": query["marketplaceIds"],
        }
        for name, display_name in PRODUCT_TYPES.items()
        if _matches(name, display_name, query)
    ]
    return 200, {"productTypes": found, "productTypeVersion": VERSION}


def _matches(name, display_name, query):
    if query["itemName"]:
        return name in _types_of(query["itemName"])
    words = [word.lower() for word in query["keywords"]]
    text = f"{name} {display_name}".lower()
    return not words or any(word in text for word in words)


def _types_of(title):
    """The product types whose articles are called as a title says, or the generic."""
    nouns = dict(TYPES_OF_NOUNS)
    for families in FAMILIES.values():
        nouns.update((family.noun, family.product_type) for family in families)
    words = set(title.lower().split())
    found = {kind for noun, kind in nouns.items() if words & set(noun.lower().split())}
    return found or {"PRODUCT"}


def get_definitions_product_type(simulator, call):
    """getDefinitionsProductType: links to the JSON Schema of a product type."""
    query, name = call.query, call.path["productType"]
    check_marketplaces(call.account, query["marketplaceIds"])
    if query["sellerId"] not in (None, call.account.seller_id):
        raise unauthorized("")
    if name not in PRODUCT_TYPES:
        raise not_found(f"The product type {name} was not found.")
    if query["productTypeVersion"] not in ("LATEST", "RELEASE_CANDIDATE", VERSION):
        raise not_found("The version of the product type was not found.")
    locale = query["locale"]
    if locale == "DEFAULT":
        locale = call.account.marketplace(query["marketplaceIds"][0]).language
    requirements, enforced = query["requirements"], query["requirementsEnforced"]
    schema = product_type_schema(name, requirements, enforced)
    parts = {"requirements": requirements, "requirementsEnforced": enforced}
    path = f"schemas/product-types/{name}.json?{urlencode(parts)}"
    return 200, {
        "metaSchema": _link(call, "schemas/meta-schema.json", meta_schema()),
        "schema": _link(call, path, schema),
        "requirements": requirements,
        "requirementsEnforced": enforced,
        "propertyGroups": _property_groups(),
        "locale": locale,
        "marketplaceIds": query["marketplaceIds"],
        "productType": name,
        "displayName": PRODUCT_TYPES[name],
        "productTypeVersion": {
            "version": VERSION,
            "latest": True,
            "releaseCandidate": False,
        },
    }


def _link(call, path, content):
    link = {"resource": f"{call.base_url}/{path}", "verb": "GET"}
    return {"link": link, "checksum": checksum(content)}


def _property_groups():
    return {
        group: {
            "title": title,
            "propertyNames": [n for n, a in ATTRIBUTES.items() if a.group == group],
        }
        for group, title in _GROUPS.items()
    }


OPERATIONS = (
    Operation(
        "searchDefinitionsProductTypes",
        "GET",
        "/definitions/2020-09-01/productTypes",
        search_definitions_product_types,
        (
            Parameter("keywords", "list"),
            Parameter("marketplaceIds", "list", required=True),
            Parameter("itemName"),
            Parameter("locale"),
            Parameter("searchLocale"),
        ),
    ),
    Operation(
        "getDefinitionsProductType",
        "GET",
        "/definitions/2020-09-01/productTypes/{productType}",
        get_definitions_product_type,
        (
            Parameter("sellerId"),
            Parameter("marketplaceIds", "list", required=True, most=1),
            Parameter("productTypeVersion", default="LATEST"),
            Parameter("requirements", choices=tuple(REQUIRED), default="LISTING"),
            Parameter(
                "requirementsEnforced",
                choices=("ENFORCED", "NOT_ENFORCED"),
                default="ENFORCED",
            ),
            Parameter("locale", choices=tuple(_LOCALES.split()), default="DEFAULT"),
            Parameter("parentageLevel", choices=("NONE", "CHILD", "PARENT")),
        ),
    ),
)
