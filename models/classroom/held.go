package classroom

import "nhaso/models/store"

// Held lists what this room keeps about a person: marks of what a laptop has
// brought home.
func Held() []store.Holding {
	return []store.Holding{
		{Table: "classroom_sent", Where: "person_id = ?", Label: "Kết quả đã gửi từ máy lớp học", Fate: store.FateErased},
	}
}
