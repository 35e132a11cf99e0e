from . import service_clock_pause
from . import service_event_correct
from . import service_holiday_import
from . import service_program_change
from . import service_visit_notice
