package rights

import "nhaso/models/store"

// Used names the tables of this room whose rows tell that a person was used:
// requests. Taking a roster back leaves such a person where they are.
func Used() []store.Since {
	return []store.Since{{Table: "data_requests", ID: "person_id", At: "filed_at"}}
}
