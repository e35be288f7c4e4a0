package outreach

import "nhaso/models/store"

// Held lists what this room keeps about a person.
func Held() []store.Holding {
	return []store.Holding{
		{Table: "family_missions", Where: "person_id = ?", Label: "Nhiệm vụ gia đình", Hide: []string{"pin_digest", "relative_key"}, Fate: store.FateErased},
		{Table: "neighbour_helps", Where: "person_id = ?", Label: "Cùng tổ đến hộ hàng xóm", Fate: store.FateErased},
	}
}
