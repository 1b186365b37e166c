"""From claims and elicitation passes to the numbers of the networks (`bme-bayes numbers`)."""
