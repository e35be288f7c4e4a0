package signin

import "nhaso/models/store"

// Used names the tables of this room whose rows tell that a person or a class
// was used: tries at a shared computer. Taking a roster back
// leaves them where they are.
func Used() []store.Since {
	return []store.Since{
		{Table: "lesson_tries", ID: "person_id", At: "last_at"},
	}
}
