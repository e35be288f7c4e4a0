package certificate

import "nhaso/models/store"

// Used names the tables of this room whose rows tell that a person or a class
// was used: skills passed, completion confirmations. Taking a roster back
// leaves them where they are.
func Used() []store.Since {
	return []store.Since{
		{Table: "skill_passes", ID: "person_id", At: "passed_at"},
		{Table: "certificates", ID: "person_id", At: "issued_at"},
	}
}
