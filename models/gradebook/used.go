package gradebook

import "nhaso/models/store"

// Used names the tables of this room whose rows tell that a person or a class
// was used: files made of a class. Taking a roster back
// leaves them where they are.
func Used() []store.Since {
	return []store.Since{
		{Table: "export_log", ID: "class_id", At: "made_at"},
	}
}
