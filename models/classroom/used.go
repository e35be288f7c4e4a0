package classroom

import "nhaso/models/store"

// Used names the tables of this room whose rows tell that a person or a class
// was used: classes that a laptop carries. Taking a roster back
// leaves them where they are.
func Used() []store.Since {
	return []store.Since{
		{Table: "laptop_classes", ID: "class_id"},
	}
}
