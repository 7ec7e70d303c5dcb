# Writes the rows of one species of iris as a table.
# Usage: prepare.R SPECIES TABLE
arguments <- commandArgs(trailingOnly = TRUE)
species <- arguments[1]
rows <- iris[iris$Species == species, ]
if (nrow(rows) == 0) stop("there is no species '", species, "': ", toString(levels(iris$Species)))
write.csv(rows, arguments[2], row.names = FALSE)
cat(nrow(rows), "rows\n")
