package audit

import "nhaso/models/store"

// Held lists what this room keeps about a person: what was done to them and
// what they did. No entry holds a name, so that none has to go.
func Held() []store.Holding {
	return []store.Holding{
		{Table: "audit_entries", Where: "subject_id = ? OR account_id IN (SELECT id FROM accounts WHERE person_id = ?)", Label: "Ai đã xem hoặc thay đổi",
			Hide: []string{"chain", "seq", "prev_hash", "hash", "batch"}, Fate: store.FateKept, Why: "trách nhiệm của người đã làm"},
	}
}
