package signin

import "nhaso/models/store"

// Held lists what this room keeps about a person.
func Held() []store.Holding {
	return []store.Holding{
		{Table: "lesson_tries", Where: "person_id = ?", Label: "Lần nhập mã ở máy của trường", Fate: store.FateErased},
	}
}
