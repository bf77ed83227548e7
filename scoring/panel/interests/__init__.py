"""An interest found after the declarations: access stops, the chair decides, all follows."""
