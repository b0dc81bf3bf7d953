"""The pages, one a file; each is run by `st.navigation` and shows what `dashboard.data` reads."""
