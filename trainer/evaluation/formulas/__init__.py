"""The formulas, one subject a file: functions of tensors that know no recipe, model or data set."""
