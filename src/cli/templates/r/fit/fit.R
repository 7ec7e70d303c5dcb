# Fits the petals' length to their width.
# Usage: fit.R TABLE MODEL SUMMARY
arguments <- commandArgs(trailingOnly = TRUE)
model <- lm(Petal.Length ~ Petal.Width, data = read.csv(arguments[1]))
saveRDS(model, arguments[2])
capture.output(print(summary(model)), file = arguments[3])
# A line of JSON here is a metric of the run: mlpipe show lists it.
r_squared <- summary(model)$r.squared
cat(sprintf('{"name": "r_squared", "value": %.6f}\n', r_squared),
    file = Sys.getenv("MLPIPE_METRICS"), append = TRUE)
cat("R squared:", r_squared, "\n")
