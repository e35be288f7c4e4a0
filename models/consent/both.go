package consent

// BothSQL is a condition on a column that holds a person's id: child and
// guardian have both said yes to a kind, in so many words, and neither has
// taken it back. It is stricter than ShownSQL, which asks a guardian only up to
// an age: for what a child would do with strangers both are asked at any age.
// column is a name written in the program, never input.
func BothSQL(column, kind string) (where string, args []any) {
	return "EXISTS (SELECT 1 FROM consent_states cb WHERE cb.person_id = " + column + " AND cb.kind = ? AND cb.child = 1 AND cb.guardian = 1)", []any{kind}
}
