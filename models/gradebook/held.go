package gradebook

import "nhaso/models/store"

// Held lists what this room keeps about a person: who made a file of them.
func Held() []store.Holding {
	return []store.Holding{
		{Table: "export_log", Where: "subject_id = ?", Label: "Tệp đã xuất về em", Fate: store.FateKept, Why: "trách nhiệm của người đã xuất tệp"},
	}
}
