package household

import "nhaso/models/store"

// Used names the tables of this room whose rows tell that a person or a class
// was used: links claimed or decided. Taking a roster back
// leaves them where they are.
func Used() []store.Since {
	return []store.Since{
		{Table: "household_links", ID: "person_id", At: "claimed_at"},
		{Table: "household_links", ID: "person_id", At: "decided_at"},
	}
}
