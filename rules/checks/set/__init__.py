"""The set as a whole: lists, numbers, scales, schedules, sums."""
