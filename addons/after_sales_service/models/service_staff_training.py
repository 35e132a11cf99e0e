# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ServiceStaffTraining(models.Model):
    """What somebody of our staff was trained in, and how the exam went (TRN-09).

    What is taught, how and how its effect is judged is entered freely: the rules
    name the headings without figures (TRN-10).
    """

    _name = "service.staff.training"
    _description = "Staff Training"
    _order = "date desc, id desc"
    _rec_name = "topic"

    user_id = fields.Many2one(
        comodel_name="res.users", string="Trained", required=True, index=True
    )
    topic = fields.Char(required=True)
    content = fields.Selection(
        selection=[
            ("business", "Business"),
            ("service", "Service idea"),
            ("product", "Product"),
            ("law", "Law"),
        ],
        required=True,
        default="product",
    )
    method = fields.Selection(
        selection=[
            ("online", "Online"),
            ("offline", "In class"),
            ("mentor", "Mentor"),
            ("rotation", "Job rotation"),
        ],
        required=True,
        default="offline",
    )
    trainer = fields.Char()
    date = fields.Date(
        string="Trained on",
        required=True,
        default=lambda self: self.env.company._service_today(),
    )
    exam_date = fields.Date(string="Examined on")
    result = fields.Selection(
        selection=[("passed", "Passed"), ("failed", "Failed")], string="Exam"
    )
    effect = fields.Text(string="Effect and improvement")
    next_date = fields.Date(string="Next training", index="btree_not_null")
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )

    @api.constrains("date", "exam_date", "result")
    def _check_exam(self):
        for training in self:
            if bool(training.result) != bool(training.exam_date):
                raise ValidationError(
                    self.env._(
                        "Training %s: an exam has a day and a result, enter both or "
                        "none.",
                        training.topic,
                    )
                )
            if training.exam_date and training.exam_date < training.date:
                raise ValidationError(
                    self.env._(
                        "Training %(topic)s: the exam on %(exam)s is before the "
                        "training on %(date)s.",
                        topic=training.topic,
                        exam=training.exam_date,
                        date=training.date,
                    )
                )
