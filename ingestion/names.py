"""First names and surnames of Spanish-speaking people that the masker knows.

Common ones of Colombia and its neighbours (civil registries' lists of most frequent names). Words
that are also ordinary words are kept apart: they count only beside another listed name.
"""

FIRST_NAMES = (
    "Adriana Alejandra Alejandro Alberto Alfonso Alfredo Alicia Álvaro Amparo Ana Anderson Andrea "
    "Andrés Ángela Ángelica Antonio Arturo Astrid Beatriz Bernardo Brayan Camila Camilo Carlos "
    "Carmenza Carolina Catalina Cecilia César Claudia Cristian Cristina Daniel Daniela David Diana "
    "Diego Edgar Eduardo Edwin Elena Eliana Elizabeth Emilio Enrique Erika Ernesto Esteban Eugenia "
    "Fabián Felipe Fernanda Fernando Francisco Gabriel Gabriela Gerardo Germán Gilberto Giovanni "
    "Gloria Gonzalo Guillermo Gustavo Héctor Hernán Hernando Hugo Ignacio Inés Isabel Isabella "
    "Iván Jaime Jairo Javier Jennifer Jenny Jesús Jhon Jimena Joaquín Johana Jorge José Juan "
    "Juana Juliana Julieta Julio Karen Katherine Laura Leidy Leonardo Leticia Liliana Lorena Lucía "
    "Luis Luisa Luz Manuel Manuela Marcela Marco María Mariana Marina Mario Maritza Marta Martha Martín "
    "Mateo Matías Mauricio Mauro Miguel Milena Mónica Myriam Nancy Natalia Nelson Nicolás Nicole Nubia "
    "Olga Orlando Óscar Pablo Paola Patricia Paula Pedro Rafael Ramiro Ramón Raúl Ricardo Roberto "
    "Rocío Rodrigo Rubén Samuel Sandra Santiago Sara Sebastián Sergio Silvia Sofía Sonia Stella "
    "Susana Tatiana Tomás Valentina Valeria Vanessa Verónica Vicente Víctor Viviana Wilson Ximena "
    "Yamile Yolanda Yuliana"
).split()

SURNAMES = (
    "Acevedo Acosta Agudelo Aguilar Aguirre Álvarez Arango Aristizábal Arias Arroyave Ávila "
    "Barrera Bautista Becerra Bedoya Beltrán Benavides Benítez Bermúdez Bernal Betancourt Betancur "
    "Bohórquez Botero Buitrago Bustamante Caballero Cáceres Caicedo Calderón Camacho Cárdenas Cardona "
    "Carvajal Castañeda Castaño Castellanos Castillo Castro Ceballos Chaparro Chávez Cifuentes "
    "Contreras Córdoba Correa Cortés Cuéllar Delgado Díaz Domínguez Duarte Duque Echeverri "
    "Escobar Espinosa Estrada Fajardo Fernández Flórez Forero Franco Gaitán Galeano Galindo Gallego "
    "Galvis Garcés García Garzón Gaviria Giraldo Gómez González Granados Guerrero Gutiérrez Guzmán "
    "Henao Hernández Herrera Higuita Hincapié Hoyos Hurtado Ibáñez Jaramillo Jiménez Lizarazo "
    "Londoño López Lozano Marín Martínez Marulanda Medina Mejía Méndez Mendoza Meneses Mesa Molina "
    "Monsalve Montoya Morales Moreno Mosquera Muñoz Murillo Narváez Naranjo Navarro Nieto Niño "
    "Núñez Ochoa Ordóñez Orozco Ortega Ortiz Ospina Osorio Otálora Pabón Pacheco Padilla Palacios "
    "Pardo Parra Patiño Peláez Peña Peñaranda Perdomo Pérez Pineda Pinilla Pinzón Posada Prada "
    "Quiceno Quintero Quiñones Ramírez Ramos Rangel Rendón Restrepo Reyes Ríos Rivera Rocha "
    "Rodríguez Rojas Roldán Romero Rosero Rueda Ruiz Saavedra Salamanca Salas Salazar Saldarriaga "
    "Sánchez Sandoval Santamaría Sarmiento Serna Serrano Sierra Silva Solano Soto Suárez Tabares "
    "Tamayo Téllez Torres Trujillo Urrego Uribe Valencia Valderrama Vallejo Vanegas Varela Vargas "
    "Vásquez Velandia Velasco Velásquez Vélez Vera Villa Villalobos Villamizar Villegas Yepes Zamora "
    "Zapata Zuluaga Zúñiga"
).split()

ORDINARY_WORDS = frozenset(
    "Amparo Barrera Caballero Calderón Castillo Contreras Correa Cortés Córdoba Delgado Duque Estrada "
    "Franco Gloria Granados Guerrero Luz Marco Medina Mesa Moreno Naranjo Navarro Nieto Niño Orlando "
    "Palacios Pardo Parra Peña Pinzón Posada Prada Ramos Reyes Ríos Rocío Rojas Rueda Salamanca Salas "
    "Santiago Serna Serrano Sierra Silva Solano Soto Stella Torres Trujillo Valencia Vallejo Vera Villa "
    "Wilson Zamora Ávila".split()
)
"""Listed names that are also words, cities or brands: alone they are left as they are."""

JOINED_ONLY = ("Rosa", "Ángel", "Cruz", "Paz", "Santos", "León", "Mercedes", "Dolores", "Campo")
"""Words that are names only after or before a listed name."""
