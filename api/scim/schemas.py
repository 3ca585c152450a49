"""What this service tells of itself: its features, the kinds of resource, and the attributes it keeps."""

from collections.abc import Sequence
from typing import Any, get_args

from api.scim.paths import CORE, ENTERPRISE, GROUP
from domain.facts.people import Employment

SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"
RESOURCE_TYPE = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
MOST_RESULTS = 1_000

KEPT_OF_USERS = frozenset(
    "username externalid displayname title usertype active department division manager".split()
)
KEPT_OF_GROUPS = frozenset("displayname externalid members".split())


def service_provider_config(base: str) -> dict[str, Any]:
    """Which features there are."""
    return {
        "schemas": [CONFIG],
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": MOST_RESULTS},
        "changePassword": {"supported": False},
        "sort": {"supported": True},
        "etag": {"supported": True},
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Bearer token",
                "description": "A token of the role integration, hr, hr_head or administrator.",
                "primary": True,
            }
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{base}/ServiceProviderConfig"},
    }


def resource_types(base: str) -> list[dict[str, Any]]:
    """The kinds of resource."""
    user = _resource_type(base, "User", "Users", "A person who works here, or has", CORE)
    user["schemaExtensions"] = [{"schema": ENTERPRISE, "required": True}]
    return [user, _resource_type(base, "Group", "Groups", "A branch or a team", GROUP)]


def schemas(base: str, branches: Sequence[str]) -> list[dict[str, Any]]:
    """The attributes that are kept. branches: the ids that `division` may be."""
    return [
        _schema(base, CORE, "User", "A person", [
            _text("userName", "With which the person signs in.", required=True, uniqueness="server"),
            _text("displayName", "The person's name."),
            _text("title", "The post; plans are for posts.", required=True),
            _text("userType", "Of the employment.", required=True, canonical=get_args(Employment)),
            _attribute("active", "boolean", "Whether the person works here.", required=True),
        ]),
        _schema(base, ENTERPRISE, "EnterpriseUser", "Where a person works", [
            _text("division", "Id of the branch.", required=True, canonical=branches),
            _text("department", "The department."),
            _attribute("manager", "complex", "To whom the person reports.", subAttributes=[
                _text("value", "Id of the manager."),
                _reference("$ref", "Where the manager is found.", ["User"]),
                _text("displayName", "Name of the manager.", mutability="readOnly"),
            ]),
        ]),
        _schema(base, GROUP, "Group", "A branch or a team", [
            _text("displayName", "Its name.", required=True),
            _attribute("members", "complex", "Who is in it.", multiValued=True, subAttributes=[
                _text("value", "Id of a person.", mutability="immutable"),
                _reference("$ref", "Where the person is found.", ["User"], mutability="immutable"),
                _text("type", "What the member is.", mutability="immutable", canonical=["User"]),
            ]),
        ]),
    ]  # fmt: skip


def _resource_type(base: str, name: str, endpoint: str, description: str, schema: str) -> dict[str, Any]:
    return {
        "schemas": [RESOURCE_TYPE],
        "id": name,
        "name": name,
        "endpoint": f"/{endpoint}",
        "description": f"{description}.",
        "schema": schema,
        "meta": {"resourceType": "ResourceType", "location": f"{base}/ResourceTypes/{name}"},
    }


def _schema(
    base: str, id: str, name: str, description: str, attributes: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "schemas": [SCHEMA],
        "id": id,
        "name": name,
        "description": f"{description}.",
        "attributes": attributes,
        "meta": {"resourceType": "Schema", "location": f"{base}/Schemas/{id}"},
    }


def _attribute(name: str, type: str, description: str, **more: Any) -> dict[str, Any]:
    usual = {
        "name": name,
        "type": type,
        "multiValued": False,
        "description": description,
        "required": False,
        "mutability": "readWrite",
        "returned": "default",
    }
    return usual | more


def _text(
    name: str,
    description: str,
    *,
    required: bool = False,
    mutability: str = "readWrite",
    uniqueness: str = "none",
    canonical: Sequence[str] = (),
) -> dict[str, Any]:
    made = _attribute(name, "string", description, required=required, mutability=mutability)
    made |= {"caseExact": False, "uniqueness": uniqueness}
    return made | ({"canonicalValues": list(canonical)} if canonical else {})


def _reference(
    name: str, description: str, types: list[str], *, mutability: str = "readWrite"
) -> dict[str, Any]:
    made = _attribute(name, "reference", description, mutability=mutability)
    return made | {"referenceTypes": types, "caseExact": True, "uniqueness": "none"}
