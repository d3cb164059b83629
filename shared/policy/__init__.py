"""The pack language: how a written procedure is stated, loaded, checked and bound to a company's values."""
