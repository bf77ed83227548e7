"""What the pages of questions and answers share: the blueprint."""

from flask import Blueprint

blueprint = Blueprint("asking", __name__)
