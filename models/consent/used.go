package consent

import "nhaso/models/store"

// Used names the tables of this room whose rows tell that a person or a class
// was used: what was agreed to, forms printed. Taking a roster back
// leaves them where they are.
func Used() []store.Since {
	return []store.Since{
		{Table: "consent_events", ID: "person_id", At: "recorded_at"},
		{Table: "consent_codes", ID: "person_id", At: "made_at"},
	}
}
