"""What the service says of itself as a whole."""

from litestar import Router
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

OPENAPI = OpenAPIConfig(
    title="Meritbook",
    version="1",
    description="Facts that nobody can alter, and pay, rankings and progress computed from them.",
    openapi_router=Router("/schema", route_handlers=[], opt={"open": True}, include_in_schema=False),
    render_plugins=[JsonRenderPlugin()],  # pages that show it would load their scripts from elsewhere
    use_handler_docstrings=True,
    components=Components(
        security_schemes={
            "token": SecurityScheme(type="http", scheme="bearer"),
            "session": SecurityScheme(type="apiKey", security_scheme_in="cookie", name="__Host-meritbook"),
        }
    ),
    security=[{"token": []}, {"session": []}],
)
