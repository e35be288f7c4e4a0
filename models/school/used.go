package school

import "nhaso/models/store"

// Used names the tables of this room whose rows tell that a person or a class
// was used: leavings and transfers. Taking a roster back
// leaves them where they are.
func Used() []store.Since {
	return []store.Since{
		{Table: "school_leavings", ID: "person_id", At: "recorded_at"},
		{Table: "school_leavings", ID: "class_id", At: "recorded_at"},
		{Table: "school_transfers", ID: "person_id", At: "asked_at"},
	}
}
