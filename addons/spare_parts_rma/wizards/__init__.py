from . import spare_reason
