"""Stories in virtual time: played against all five services, checked as they go. See docs/scenarios.md."""
