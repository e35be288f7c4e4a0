package outreach

import "nhaso/models/store"

// Used names the tables of this room whose rows tell that a person or a class
// was used: family missions and helps at neighbours' doors. Taking a roster
// back leaves them where they are.
func Used() []store.Since {
	return []store.Since{
		{Table: "family_missions", ID: "person_id", At: "created_at"},
		{Table: "neighbour_helps", ID: "person_id", At: "created_at"},
	}
}
