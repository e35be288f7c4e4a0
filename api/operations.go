package api

// operations registers every resource. The order is that of the document.
func (s *server) operations() {
	s.sessionOperations()
	s.meOperations()
	s.accountOperations()
	s.areaOperations()
	s.verifyOperations()
}
