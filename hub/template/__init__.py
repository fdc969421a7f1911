"""Home Assistant's templates on Jinja's sandbox, bounded."""

from hub.template.engine import TemplateEngine
from hub.template.inputs import MISSING, BadInput
from hub.template.native import Rendered, native

__all__ = ["MISSING", "BadInput", "Rendered", "TemplateEngine", "native"]
