// Package models is the ground of the house: the words every room shares.
//
// It owns identifiers, the clock, typed errors, the access table, public codes
// and the comparison of Vietnamese text. It knows no database, no HTTP and no
// room. The rooms lie below it in the folder tree and above it in the arrows:
//
//	store        open, transactions, migrations, every dialect difference
//	sheet        tables out of CSV and XLSX files, whatever their encoding
//	place        areas with validity dates, villages, schools, classes
//	people       persons, accounts, roles, secrets, tokens, rosters
//	certificate  skill passes, the versioned rule, certificates
//	coverage     ledger, fold, counters: knows areas and deltas, not people
//	household    households, links, moves; decides "covered" in one function
//	learning     courses, assignments, sessions, progress, attempts, Submit
package models
