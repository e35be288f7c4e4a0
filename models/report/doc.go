// Package report makes the reports of an area: one reading of its figures as of
// a day, laid out as workbook, text file and printed pages, and the report of
// each month for the areas that asked for it. Sums only: no household and
// nobody is named.
package report
